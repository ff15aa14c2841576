"""What a fit is asked once it has ended: predictions, residuals, diagnostics, and how it compares with others."""

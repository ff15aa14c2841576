"""Errors in x: orthogonal distance regression, in which each row has a true place beside the measured one."""

"""Pictures of sweeps: lines, heat maps, dots and tornadoes, on a terminal and in files."""

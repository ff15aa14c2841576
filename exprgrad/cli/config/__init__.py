"""A user's own defaults: the file `config.toml`, where it is, what it may say, and what it gave."""

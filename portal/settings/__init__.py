"""Settings of the portal: base, dev, test, production. `env` is the only code that reads the environment."""

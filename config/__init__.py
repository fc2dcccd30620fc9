"""What a company sets, and the loaders that check it. ``ECOSYSTEM_CONFIG`` names another folder than this one."""

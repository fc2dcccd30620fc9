"""The dashboard: static pages with pictures drawn on the server, made from the current publication only."""

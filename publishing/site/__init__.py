"""The bundled dashboard: static pages made from a publication."""

"""The walking network: imported, kept and handed out."""

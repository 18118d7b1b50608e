"""Reading files of normative documents: bytes → blocks → tree of provisions. Nothing here touches the database."""

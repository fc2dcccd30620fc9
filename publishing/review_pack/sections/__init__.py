"""The sections of a review pack: each turns a vendor's rows into blocks of a document, and reads no file."""

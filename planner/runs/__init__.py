"""Run folders: written, read, approved and verified in one room."""

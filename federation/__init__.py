"""What crosses the wire: signatures, activities, remote HTTP."""

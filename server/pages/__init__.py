"""The pages that members and visitors see: one module for each part, handlers of ten lines."""

"""Compiled loops over pixels and texels: z-buffer, light on every material, skin paint."""

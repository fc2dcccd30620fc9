"""What readers may rely on in the published marts, checked by Great Expectations, and the gate that decides."""

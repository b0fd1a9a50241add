"""The software bill of materials (SBOM): the packages that Inzwa runs on and the models in its catalogue."""

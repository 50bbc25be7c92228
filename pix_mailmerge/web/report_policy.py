"""What a browser may do with « Bilan.html »: its own style, named by its digest, and its links; nothing else."""

from __future__ import annotations

import base64
import hashlib
import re


def report_policy(html: str) -> str:
    """Return the content security policy of a page with its own style and no script."""
    styles = re.findall(r"<style>(.*?)</style>", html, re.S)
    digests = (base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
    return f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

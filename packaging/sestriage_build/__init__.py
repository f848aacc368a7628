"""What `packaging/build` does, in the order of the work.

`command` (options, the whole way), `work` (folders, programs, times), `locks` (what is pinned), `lockupdate` (pins
the newest), `index` (what Debian has), `fetch` (files by their hashes), `debian` (unpacks Debian's packages),
`wheels` (tools, sestriage's own wheel, the wheels of others), `elf` (shared libraries), `tree` (the self-contained
tree), `prune` (what is left out of it), `licences` (copyright files), `sbom` (CycloneDX), `deb` (the Debian package),
`selfrun` (the self-unpacking file), and beside them the templates `boot.py`, `launcher.sh`, `header.sh`,
`postinst.sh`, `prerm.sh` and `postrm.sh`. For tests only: `interpreter` (other versions of Python), `audit` (known
vulnerabilities of what is pinned).
"""

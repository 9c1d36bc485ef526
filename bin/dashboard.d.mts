export function ensureDashboard(): Promise<boolean>

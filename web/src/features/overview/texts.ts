export const texts = {
  active: 'Active Integrations',
  calls: 'API Calls Today',
  success: 'Success Rate',
  webhooks: 'Webhooks Active',
  figures: 'Figures',
  ofTotal: (count: string) => `of ${count}`,
  lastFortnight: 'in two weeks',
  sinceYesterday: 'against yesterday by now',
  deliveries: (count: string) => `${count} deliveries in 24 h`,
  failing: (count: number) => `${count} failing`,
  noCalls: 'no calls yet today',
  noneBefore: 'none yesterday by now',
}

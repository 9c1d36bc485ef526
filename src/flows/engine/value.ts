/** A value of a run's data: JSON, and never changed. Within frames every such value stands in one of these, so that a frame can be told from data. */
export class Value {
  readonly of: unknown
  constructor(of: unknown) {
    this.of = of
  }
}

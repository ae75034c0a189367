/** What an importer knows about why a node computes as it does; a file cannot say it. */
export interface NodeNote {
  /** Name of a node of the graph the importer returns. */
  readonly node: string;
  /**
   * A clause that fits behind "float32 because …": no capital, no full stop, no name of the node itself. E.g. `no
   * QuantizeLinear follows its output "conv3/out"`.
   */
  readonly reason: string;
}

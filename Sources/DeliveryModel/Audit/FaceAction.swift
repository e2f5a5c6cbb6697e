/// What a face does without the engine, and has noted in the audit.
public enum FaceAction: Hashable, Codable, Sendable {
    case startListener
    case stopListener
    /// Failed records were written to a file; without a run, those of several.
    case export(run: RunID?, records: Int)
    case report(run: RunID)
}

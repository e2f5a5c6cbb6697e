/// All that must survive the process, wherever it is kept: an embedded database, a shared one, or memory in tests.
///
/// Every method may be called again after an answer that was lost: what was done before is not done twice.
public protocol DurableStore: CommitLog, RunHistory, FailureArchive, SourceArchive, IdempotencyArchive,
    RetentionArchive, AuditArchive, ErasureArchive, DeliveredArchive, CommandRelay
{}

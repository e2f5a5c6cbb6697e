/// Everything that an operator can see and do: what the terminal UI and the control socket use of the engine. A face
/// that needs less takes one of the protocols that it is made of.
///
/// Single records that arrive over HTTP come in by `SubmissionIntake`, which no operator uses.
public protocol DeliveryService: SnapshotSource, RunControl, RunLookup, RunDiagnostics, FailureBrowser, FailureEditing,
    DeliveryMemory, AuditTrail, PacingControl, APIAccess
{}

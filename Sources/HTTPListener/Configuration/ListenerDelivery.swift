public import DeliveryModel

/// What the listener uses of the engine.
public typealias ListenerDelivery = SnapshotSource & RunControl & RunLookup & FailureList & SubmissionIntake

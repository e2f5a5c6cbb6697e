import DeliveryEngine
import DeliveryModel

/// Why the rest of a content can't be sent, as it follows the name of its source.
extension SentBefore {
    static func discardedText(_ run: RunID, sent: Int) -> String {
        "has the content of run \(run), which was discarded after \(sent.grouped) of its records were delivered."
    }

    static func forgottenText(_ run: RunID) -> String {
        "has the content of run \(run), of which records failed; which ones was removed (--keep-failed)."
    }
}

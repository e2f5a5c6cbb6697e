import DeliveryModel
import Foundation

/// How many files and sockets this process may have open.
enum DescriptorLimit {
    /// More than clients that wait, connections, and files ever take. Programs that are started inherit it, and some
    /// walk over every number up to it.
    private static let enough: rlim_t = 65_536

    /// Raises the soft limit, which shells and supervisors set to 1,024 for the sake of very old programs, as far as
    /// the hard one allows.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let wanted = min(limit.rlim_max, enough)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        // What it was before is enough for most.
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// What journal, log, sockets of the API, event loops and the system's libraries take beside clients' sockets. The
    /// library of the thread pools ends the process when it can't open a file, so this is never given to clients.
    static func reserve(concurrency: Int) -> Int { 64 + concurrency }

    /// How many files and sockets this process may have open.
    static var maximum: Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }

    /// - Throws: `DeliveryError` when so few may be open that the process would die of it.
    static func check(concurrency: Int) throws(DeliveryError) {
        let needed = reserve(concurrency: concurrency)
        guard let maximum, maximum < needed else { return }
        throw DeliveryError(
            .configuration,
            "This process may open only \(maximum) files and connections; \(needed) are needed. Raise the limit "
                + "(ulimit -n) or lower the concurrency.")
    }
}

#if PostgreSQL
import Foundation
import Synchronization

/// Hears what other nodes announce, on a connection of its own.
extension PostgresJournal {
    /// Listens until the journal is closed. The thread waits for the database, no task does.
    func listen() {
        listening.submit { [self] seat in
            guard let seat = try? seat.get(), !seat.isCancelled else { return }
            do {
                try seat.use { session in
                    if !session.isListening {
                        try session.listen(News.listening)
                        // What was announced before is looked for once.
                        ring(News.allCases)
                        hears.store(true, ordering: .relaxed)
                    }
                    ring(try session.announcements(within: .milliseconds(250)).compactMap(News.init))
                }
            } catch {
                hears.store(false, ordering: .relaxed)
                // Whoever works with the database says that it is away.
                Thread.sleep(forTimeInterval: 0.5)
            }
            listen()
        }
    }

    private func ring(_ news: [News]) {
        for each in Set(news) { bells[each].ring() }
    }

    /// Waits until there may be something new to look at.
    /// - Parameters:
    ///   - known: how often it was announced before the last look.
    ///   - often: how long to wait when nothing is heard.
    /// - Returns: `false` when the task was canceled.
    func isNews(_ news: News, after known: Int, often: Duration) async -> Bool {
        await bells[news].wait(after: known, atMost: hears.load(ordering: .relaxed) ? .seconds(1) : often)
    }
}
#endif

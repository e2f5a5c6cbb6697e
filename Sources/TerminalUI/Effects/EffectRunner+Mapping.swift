import CustomerRecords
import DeliveryModel
import TerminalKit

extension EffectRunner {
    @concurrent
    func readColumns(_ path: String, _ reading: FileReading) async {
        mailbox.post(.columns(path: path, await answer { try await inspector.columns(path, reading) }))
    }

    /// What a choice of columns would make of the whole file, reported as it is counted.
    @concurrent
    func countMapping(_ path: String, _ reading: FileReading) async {
        let isWanted = mappings.begin()
        do {
            try await inspector.dryRun(path, reading, isWanted) { [mailbox] report in
                if isWanted() { mailbox.post(.mappingCounted(path: path, reading, .success(report))) }
            }
        } catch {
            if isWanted() { mailbox.post(.mappingCounted(path: path, reading, .failure(Self.readable(error)))) }
        }
    }

    /// Whether the content was sent before, under whatever name.
    @concurrent
    func findSent(_ path: String, _ reading: FileReading) async {
        let isWanted = sentLooks.begin()
        let options = reading.applied(to: services.options.reading)
        let answer = await answer { () -> RunSummary? in
            let id = try await services.delivery.runOfSameContent(as: path, options: options, isWanted: isWanted)
            guard let id else { return nil }
            return try await services.delivery.run(id)
        }
        if isWanted() { mailbox.post(.sentFound(path: path, answer)) }
    }

    @concurrent
    func sampleEncoding(_ path: String, _ name: String?, _ reading: FileReading) async {
        var reading = reading
        reading.encoding = name
        reading.columns = nil
        let answer = await answer { try await inspector.sample(path, reading) }
        mailbox.post(.encodingSampled(path: path, name, answer))
    }
}

import CustomerRecords
import DeliveryModel

extension EffectRunner {
    func start(_ request: StartRequest) async {
        var options = services.options.reading
        options.filter = request.filter
        let run = RunRequest(source: .file(path: request.path), options: options)
        mailbox.post(.started(await answer { try await services.delivery.start(run) }, path: request.path))
    }

    func setAPI(_ url: String, _ key: String, thenTest: Bool) async {
        let answer = await answer { () -> Bool in
            try await services.delivery.setAPI(url: url, projectKey: key)
            return thenTest
        }
        mailbox.post(.apiSet(answer))
        if thenTest, case .success = answer { await testLogin() }
    }

    func switchListener(on: Bool) async {
        guard let listener = services.listener else { return }
        let answer = await answer { () -> Bool in
            if on { try await listener.start() } else { await listener.stop() }
            return on
        }
        mailbox.post(.listenerSwitched(answer))
    }

    func readLog(after number: Int) {
        let lines = services.log.lines(after: number)
        if !lines.isEmpty { mailbox.post(.log(lines)) }
    }

    func testLogin() async {
        mailbox.post(.login(await answer { try await services.delivery.testLogin() }))
    }

    /// Does something of which only a failure (or a text) is worth a message.
    func tell(_ text: String, _ work: () async throws -> Void) async {
        mailbox.post(
            .done(
                await answer {
                    try await work()
                    return text
                }))
    }

    @concurrent
    func save(_ preferences: Preferences) async {
        do {
            try self.preferences.save(preferences)
        } catch {
            mailbox.post(.done(.failure(DeliveryError(.journal, "Settings could not be saved: \(error)"))))
        }
    }
}

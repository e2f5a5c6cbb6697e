import CustomerRecords
import DeliveryModel

extension EffectRunner {
    func start(_ request: StartRequest) async {
        // What was confirmed is looked at again: the file may have been replaced while the question stood there.
        if let version = request.version {
            let now = try? FileVersion(path: request.path)
            guard now == version else {
                mailbox.post(.sourceChanged(request, isGone: now == nil))
                return
            }
        }
        var options = request.reading.applied(to: services.options.reading)
        options.filter = request.filter
        options.onlyNew = request.onlyNew
        let run = RunRequest(source: .file(path: request.path), options: options)
        mailbox.post(.started(await answer { try await services.delivery.start(run) }, path: request.path))
    }

    func setAPI(_ url: String, _ key: String) async {
        mailbox.post(
            .apiSet(
                await answer {
                    try await services.delivery.setAPI(url: url, projectKey: key)
                    return url
                }))
    }

    func useProfile(_ name: String?) async {
        guard let control = services.profileControl else { return }
        mailbox.post(.profileUsed(await answer { try await control.use(name) }))
    }

    func testLogin(_ number: Int, _ url: String, _ key: String) async {
        mailbox.post(.login(number, await answer { try await services.delivery.testLogin(url: url, projectKey: key) }))
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

    /// Does something that the screen shows by itself: only a failure is worth a message.
    func perform(_ work: () async throws -> Void) async { await tell("", work) }

    /// Does something, and says so.
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

import DeliveryModel

extension EffectRunner {
    func performOnControls(_ effect: Effect) async {
        switch effect {
        case .start(let request):
            let options = services.options
            let run = RunRequest(
                source: .file(path: request.path), filter: request.filter, rules: options.rules,
                delimiter: options.delimiter, batchSize: options.batchSize)
            mailbox.post(.started(await answer { try await services.delivery.start(run) }, path: request.path))
        case .pause(let run): await tell("") { try await services.delivery.pause(run) }
        case .unpause(let run): await tell("") { try await services.delivery.unpause(run) }
        case .stop(let run, let mode): await tell("") { try await services.delivery.stop(run, mode: mode) }
        case .resume(let run): await tell("Run \(run) goes on") { try await services.delivery.resume(run) }
        case .setAPI(let url, let key, let thenTest):
            let answer = await answer { () -> Bool in
                try await services.delivery.setAPI(url: url, projectKey: key)
                return thenTest
            }
            mailbox.post(.apiSet(answer))
            if thenTest, case .success = answer { await testLogin() }
        case .testLogin: await testLogin()
        default: await performOnListener(effect)
        }
    }

    private func performOnListener(_ effect: Effect) async {
        switch effect {
        case .startListener:
            guard let listener = services.listener else { return }
            let answer = await answer { () -> Bool in
                try await listener.start()
                return true
            }
            mailbox.post(.listenerSwitched(answer))
        case .stopListener:
            guard let listener = services.listener else { return }
            await listener.stop()
            mailbox.post(.listenerSwitched(.success(false)))
        case .readListener: if let listener = services.listener { mailbox.post(.listener(listener.snapshot())) }
        case .readLog(let number):
            let lines = services.log.lines(after: number)
            if !lines.isEmpty { mailbox.post(.log(lines)) }
        case .readFaults: if let sandbox = services.sandbox { mailbox.post(.faults(sandbox.faults)) }
        case .setFaults(let faults): services.sandbox?.setFaults(faults)
        default: break
        }
    }

    private func testLogin() async {
        mailbox.post(.login(await answer { try await services.delivery.testLogin() }))
    }

    /// Does something of which only a failure (or a text) is worth a message.
    private func tell(_ text: String, _ work: () async throws -> Void) async {
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

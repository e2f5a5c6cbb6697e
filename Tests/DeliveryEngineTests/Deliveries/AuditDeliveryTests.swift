import CustomerRecords
import DeliveryModel
import Foundation
import ShowAdsAPI
import Testing

@testable import DeliveryEngine

@Suite("What operators do is in the audit")
struct AuditDeliveryTests {
    private static let jane = Operator(who: "jane", from: "10.0.0.5")

    @Test("every command is a row with who, from where, which run, and how many records")
    func commands() async throws {
        let api = FakeBannerAPI { request in
            request.cookies.contains("7") ? .refused(status: 400, answer: "no") : .applied
        }
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            let run = try await workplace.deliver(records: 10).id
            try await Operator.$current.withValue(Self.jane) {
                let failed = try #require(try await engine.failures(FailureQuery(run: run), offset: 0, limit: 1).first)
                #expect(try await engine.dismiss([failed.id]) == [failed.id])
                #expect(try await engine.dismiss([failed.id]).isEmpty)
                #expect(try await engine.undismiss([failed.id]) == [failed.id])
                let fields = RecordFields(name: "Jane Doe", age: "30", cookie: "8", bannerID: "1")
                let resend = try await engine.resend(failed.id, as: fields)
                _ = try await engine.finished(resend)
                for rate in [nil, 5, 5, nil] { await engine.setRate(rate) }
                await engine.setConcurrency(16)
                await engine.retryNow()
            }
            let entries = try await engine.audit(AuditQuery())
            #expect(
                entries.map(\.command) == [.retryNow, .setRate, .setRate, .resend, .undismiss, .dismiss, .send])
            #expect(entries.dropLast().allSatisfy { $0.who == "jane" && $0.from == "10.0.0.5" })
            #expect(entries.last?.who == Engine.operatorName && entries.last?.from == "command line")
            #expect(entries.map(\.records) == [nil, nil, nil, 1, 1, 1, 9])
            #expect(try await engine.audit(AuditQuery(run: run)).map(\.command) == [.undismiss, .dismiss, .send])
        }
    }

    @Test("pausing, resuming, stopping, and discarding are, and what is refused is not")
    func runs() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api, dailyLimit: 5) { workplace in
            let engine = workplace.engine
            let run = try await workplace.start(records: 10)
            await workplace.until(run) { $0.state.reason != nil }
            try await Operator.$current.withValue(Self.jane) {
                try await engine.pause(run)
                try await engine.unpause(run)
                try await engine.stop(run, mode: .finishInFlight)
                _ = try await engine.finished(run)
                try await engine.resume(run)
                _ = try await engine.discard(run)
                await #expect(throws: DeliveryError.self) { try await engine.pause(run) }
                await #expect(throws: DeliveryError.self) { _ = try await engine.discard(run) }
            }
            let entries = try await engine.audit(AuditQuery(run: run))
            #expect(entries.map(\.command) == [.discard, .resume, .stop, .resume, .pause, .send])
            #expect(entries.first?.records == 5 && entries.last?.records == 5)
            #expect(entries.dropLast().allSatisfy { $0.who == "jane" })
        }
    }

    @Test("exports, reports, and the listener's switch are, with how many records went where they were asked for")
    func faces() async throws {
        let api = FakeBannerAPI { _ in .refused(status: 400, answer: "no") }
        try await withEngine(api) { workplace in
            let engine = workplace.engine
            let run = try await workplace.deliver(records: 3).id
            let path = try workplace.file("", named: "failed.csv")
            try await Operator.$current.withValue(Self.jane) {
                let ofRun = try await engine.exportFailures(FailureQuery(run: run), to: path)
                let ofAll = try await engine.exportFailures(FailureQuery(), to: path)
                #expect(ofRun == 3 && ofAll == 3)
                await #expect(throws: DeliveryError.self) {
                    _ = try await engine.exportFailures(FailureQuery(), to: "/nowhere/failed.csv")
                }
                await engine.note(.report(run: run))
                await engine.note(.stopListener)
                await engine.note(.startListener)
            }
            let entries = try await engine.audit(AuditQuery()).dropLast()
            #expect(entries.map(\.command) == [.startListener, .stopListener, .report, .export, .export])
            #expect(entries.map(\.run) == [nil, nil, run, nil, run])
            #expect(entries.map(\.records) == [nil, nil, nil, 3, 3])
            #expect(entries.allSatisfy { $0.who == "jane" && $0.from == "10.0.0.5" })
        }
    }

    @Test("single records are one row for their run, with who sends them")
    func singleRecords() async throws {
        let api = FakeBannerAPI()
        try await withEngine(api) { workplace in
            let origin = SubmissionOrigin(submittedBy: "shop@10.0.0.7")
            for cookie in ["a", "b"] {
                let fields = RecordFields(name: "Jane Doe", age: "30", cookie: cookie, bannerID: "1")
                let receipt = try await workplace.engine.submit(SingleSubmission(fields, from: origin))
                #expect(await receipt.outcome() == .sent)
            }
            let entries = try await workplace.engine.audit(AuditQuery())
            #expect(entries.map(\.command) == [.send] && entries.map(\.who) == ["shop"])
            #expect(entries.map(\.from) == ["10.0.0.7"])
        }
    }
}

import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("Marks of failed records, and what is done with all of them")
struct FailureMarkTests {
    @Test("r says how many of the marked records can be sent, and the rejected ones stay marked")
    func marks() {
        var model = Fixture.failures()
        for _ in 0..<3 { _ = update(&model, .key(.character(" "))) }
        #expect(model.failures.marked == 3)
        #expect(model.failures.sendable == 2)
        #expect(update(&model, .key(.character("r"))).isEmpty)
        let text = SendTests.text(view(model))
        #expect(text.contains("2 of 3 marked records can be retried."))
        #expect(text.contains("1 is rejected and stays marked. Edit it first (e)."))
        guard case .retry(.some(let marks), _) = update(&model, .key(.character("y"))).first else {
            Issue.record("no retry")
            return
        }
        #expect(Set(marks.keys) == [1, 2, 3])
        #expect(marks[3]?.isRejected == true)
        _ = update(&model, .retried(.success(Retried(runs: [RunID(rawValue: 50)], sent: [1, 2]))))
        #expect(model.failures.marked == 1)
        #expect(model.toasts.last?.text == "Retrying as run 50; 1 still marked")
    }

    @Test("R names the number, counted when it is asked")
    func retryAll() {
        var model = Fixture.failures()
        guard case .countRetry(let request) = update(&model, .key(.character("R"))).first else {
            Issue.record("nothing is counted")
            return
        }
        #expect(SendTests.text(view(model)).contains("counting…"))
        #expect(update(&model, .key(.character("y"))).isEmpty, "not before it is known")
        _ = update(&model, .retryCounted(request, 12))
        #expect(SendTests.text(view(model)).contains("12 records of all runs"))
        guard case .retry(.all, let query) = update(&model, .key(.character("y"))).first else {
            Issue.record("no retry")
            return
        }
        #expect(query.kinds == [.retryable])
    }

    @Test("marks survive a filter; marking everything ends with the list, and says so")
    func marksStay() {
        var model = Fixture.failures()
        _ = update(&model, .key(.character(" ")))
        for key in [Key.character("/"), .character("q"), .enter] { _ = update(&model, .key(key)) }
        #expect(model.failures.isMarked(1))
        _ = update(&model, .key(.character("a")))
        _ = update(&model, .key(.escape))
        #expect(model.failures.marked == 0)
        #expect(model.toasts.last?.text == "Marks cleared: the list has changed")
    }

    @Test("d takes the marked records off the list and z brings them back")
    func dismissal() {
        var model = Fixture.failures()
        #expect(model.obstacle(to: .undo) == "Nothing to undo")
        for _ in 0..<2 { _ = update(&model, .key(.character(" "))) }
        guard case .dismiss(.some(let marks), _) = update(&model, .key(.character("d"))).first else {
            Issue.record("nothing is dismissed")
            return
        }
        #expect(Set(marks.keys) == [1, 2])
        _ = update(&model, .dismissed(.success([1, 2])))
        #expect(model.toasts.last?.text == "2 records dismissed; press z to undo")
        #expect(update(&model, .key(.character("z"))) == [.undismiss([1, 2])])
        #expect(update(&model, .key(.character("z"))).isEmpty, "they are being brought back already")
        _ = update(&model, .undismissed([1, 2], .failure(DeliveryError(.journal, "The disk is full"))))
        #expect(update(&model, .key(.character("z"))) == [.undismiss([1, 2])], "what failed can be tried again")
    }

    @Test("a range holds everything between its ends")
    func range() {
        var model = Fixture.failures()
        for key in [Key.down, .character("v"), .down, .down, .down, .character("v")] { _ = update(&model, .key(key)) }
        #expect((1...7).filter { model.failures.isMarked(Int64($0)) } == [2, 3, 4, 5])
    }

    @Test("all means all that the filter shows, whether it is here or not")
    func all() {
        var model = Fixture.failures()
        model.failures.count = 500_000
        _ = update(&model, .key(.character("a")))
        _ = update(&model, .key(.character(" ")))
        #expect(model.failures.marked == 499_999)
    }
}

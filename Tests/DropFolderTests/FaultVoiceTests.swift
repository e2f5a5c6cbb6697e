import Testing

@testable import DropFolder

@Suite("Lasting faults")
struct FaultVoiceTests {
    @Test("a fault is said once, then once a minute; another one by itself")
    func minutes() {
        var voice = FaultVoice()
        let start = ContinuousClock.now
        let said = (0...130).filter { voice.speaks(of: "disk full", at: start + .seconds($0)) }
        #expect(said == [0, 60, 120])
        let isOtherSaid = voice.speaks(of: "other", at: start)
        #expect(isOtherSaid)
    }
}

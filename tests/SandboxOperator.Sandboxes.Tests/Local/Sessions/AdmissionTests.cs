using FsCheck.Xunit;
using SandboxOperator.Sandboxes.Local.Sessions;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Local.Sessions;

public sealed class AdmissionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void There_is_room_below_the_limit() =>
        Admission.Decide("new", 2, [Running("a", 0)], []).ShouldBe(AdmissionDecision.Admit);

    [Fact]
    public void A_slot_without_a_sandbox_takes_room() =>
        Admission.Decide("new", 2, [Running("a", 0)], ["b"]).ShouldBe(AdmissionDecision.After("a-1"));

    [Fact]
    public void A_slot_with_its_sandbox_takes_room_once() =>
        Admission.Decide("new", 2, [Running("a", 0)], ["a"]).ShouldBe(AdmissionDecision.Admit);

    [Fact]
    public void At_the_limit_the_longest_idle_gives_way() =>
        Admission
            .Decide("new", 3, [Running("a", 2), Running("b", 9), Running("c", 5)], [])
            .ShouldBe(AdmissionDecision.After("b-1"));

    [Fact]
    public void Neither_slot_holders_nor_the_busy_give_way() =>
        Admission
            .Decide("new", 3, [Running("a", 9), Running("b", 8, busy: true), Running("c", 1)], ["a"])
            .ShouldBe(AdmissionDecision.After("c-1"));

    [Fact]
    public void All_rooms_in_use_is_a_refusal() =>
        Admission.Decide("new", 2, [Running("a", 9, busy: true)], ["b"]).ShouldBe(AdmissionDecision.Refuse);

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Who_has_room_needs_no_more(string thread) =>
        Admission.Decide(thread, 2, [Running("a", 9, busy: true)], ["b"]).ShouldBe(AdmissionDecision.Admit);

    [Property]
    public bool No_more_than_the_limit_are_ever_admitted(byte limit, byte[] idle)
    {
        var most = (limit % 8) + 1;
        var running = new List<Room>();
        foreach (var minutes in idle ?? [])
        {
            var thread = $"t{minutes}";
            var decision = Admission.Decide(thread, most, running, []);
            running.RemoveAll(room => room.Session == decision.Stop);
            if (decision.Admitted && !running.Exists(room => room.IsOf(thread)))
            {
                running.Add(Running(thread, minutes, busy: minutes % 2 == 0));
            }
        }

        return running.Count <= most;
    }

    [Theory]
    [InlineData(null, 24L << 30, 24)]
    [InlineData(null, 1L << 30, 2)]
    [InlineData(null, 1L << 40, 32)]
    [InlineData(5, 1L << 40, 5)]
    public void The_limit_is_what_the_machine_holds(int? configured, long machine, int expected) =>
        Admission.Most(configured, machine, 1L << 30).ShouldBe(expected);

    private static Room Running(string thread, int idleMinutes, bool busy = false) =>
        new($"{thread}-1", thread, Noon - TimeSpan.FromMinutes(idleMinutes), busy);
}

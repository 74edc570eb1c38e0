using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Local;
using SandboxOperator.Sandboxes.Tests.Fakes;
using Shouldly;
using static SandboxOperator.Sandboxes.Tests.Fakes.LocalMachine;

namespace SandboxOperator.Sandboxes.Tests.Local;

/// <summary>How sandboxes come and go, with an agent that runs nothing.</summary>
public sealed class LifetimeTests : IAsyncLifetime
{
    private readonly LocalMachine _machine = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    [Fact]
    public async Task A_session_gets_one_sandbox_however_many_ask_at_once()
    {
        var gateway = _machine.Gateway();

        var opened = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => gateway.OpenAsync(Key("a"), Token)));

        opened.Distinct().Count().ShouldBe(1);
        _machine.Folders.Length.ShouldBe(1);
        opened[0].Info.Launch.ShouldBe(SandboxLaunch.Cold);
        opened[0].Info.State.ShouldBe(SessionState.Running);
    }

    [Fact]
    public async Task A_warm_sandbox_is_claimed_and_another_takes_its_place()
    {
        var gateway = _machine.Gateway(options => options.Warm = 1);
        await gateway.StartAsync(Token);
        await UntilAsync(() => IsWarmAsync(gateway));
        var warm = _machine.Folders.Single();

        var sandbox = await gateway.OpenAsync(Key("a"), Token);

        sandbox.Info.Launch.ShouldBe(SandboxLaunch.Warm);
        _machine.Folders.ShouldContain(warm);
        await UntilAsync(() => IsWarmAsync(gateway));
        _machine.Folders.Length.ShouldBe(2);
    }

    [Fact]
    public async Task At_the_limit_the_longest_idle_is_stopped_and_keeps_its_files()
    {
        var gateway = _machine.Gateway(options => options.MaxSandboxes = 2);
        var first = await gateway.OpenAsync(Key("a"), Token);
        await PutAsync(first, "kept.txt", "kept");
        _machine.Time.Advance(TimeSpan.FromMinutes(1));
        var second = await gateway.OpenAsync(Key("b"), Token);

        await gateway.OpenAsync(Key("c"), Token);

        first.Info.State.ShouldBe(SessionState.Stopped);
        second.Info.State.ShouldBe(SessionState.Running);
        var refused = await Should.ThrowAsync<CallRefusedException>(() => RunAsync(first, ""));
        refused.Code.ShouldBe(AgentErrorCodes.IncarnationMismatch);
        var again = await gateway.OpenAsync(Key("a"), Token);
        again.Incarnation.ShouldNotBe(first.Incarnation);
        again.VolumeId.ShouldBe(first.VolumeId);
        (await GetAsync(again, "kept.txt")).ShouldBe("kept");
        (await gateway.ListAsync(Token)).Count(session => session.State == SessionState.Running).ShouldBe(2);
    }

    [Fact]
    public async Task Slots_hold_room_until_they_are_let_go()
    {
        var gateway = _machine.Gateway(options => options.MaxSandboxes = 1);
        var slot = await gateway.ReserveAsync(Key("a"), Token);
        var again = await gateway.ReserveAsync(Key("a"), Token);
        var sandbox = await gateway.OpenAsync(Key("a"), Token);

        (
            await Should.ThrowAsync<SandboxCapacityException>(async () => await gateway.ReserveAsync(Key("b"), Token))
        ).RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        await Should.ThrowAsync<SandboxCapacityException>(() => gateway.OpenAsync(Key("b"), Token));
        await slot.DisposeAsync();
        await slot.DisposeAsync();
        await Should.ThrowAsync<SandboxCapacityException>(() => gateway.OpenAsync(Key("b"), Token));
        await again.DisposeAsync();

        await gateway.OpenAsync(Key("b"), Token);
        sandbox.Info.State.ShouldBe(SessionState.Stopped);
    }

    [Fact]
    public async Task A_slot_still_holds_when_its_session_ended_and_the_next_begins()
    {
        var gateway = _machine.Gateway(options => options.MaxSandboxes = 1);
        await using var slot = await gateway.ReserveAsync(Key("a"), Token);
        await gateway.EndAsync(Key("a"), Token);

        await Should.ThrowAsync<SessionEndedException>(() => gateway.OpenAsync(Key("a"), Token));
        (await gateway.OpenAsync(Key("a", 2), Token)).Info.Key.Ordinal.ShouldBe(2);
    }

    [Fact]
    public async Task A_sandbox_with_a_call_is_not_stopped()
    {
        var gateway = _machine.Gateway(options => options.MaxSandboxes = 1);
        var sandbox = await gateway.OpenAsync(Key("a"), Token);
        using var stop = new CancellationTokenSource();
        var call = RunAsync(sandbox, "wait", stop.Token);
        await UntilAsync(async () => (await sandbox.GetStatusAsync(Token)).RunningCall is not null);

        await Should.ThrowAsync<SandboxCapacityException>(() => gateway.OpenAsync(Key("b"), Token));
        _machine.Time.Advance(TimeSpan.FromHours(2));
        await Task.Delay(TimeSpan.FromSeconds(2), Token);
        sandbox.Info.State.ShouldBe(SessionState.Running);

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task An_hour_after_its_last_call_a_session_and_its_files_are_gone()
    {
        var gateway = _machine.Gateway();
        var sandbox = await gateway.OpenAsync(Key("a"), Token);
        _machine.Time.Advance(TimeSpan.FromMinutes(50));
        await RunAsync(sandbox, "");
        _machine.Time.Advance(TimeSpan.FromMinutes(59));
        await Task.Delay(TimeSpan.FromSeconds(1.5), Token);
        (await gateway.OpenAsync(Key("a"), Token)).ShouldBeSameAs(sandbox);

        _machine.Time.Advance(TimeSpan.FromMinutes(2));

        await UntilAsync(async () => (await gateway.ListAsync(Token)).Count == 0);
        await Should.ThrowAsync<SessionEndedException>(() => gateway.OpenAsync(Key("a"), Token));
        await UntilAsync(() => Task.FromResult(_machine.Folders.Length == 0));
        _machine.Processes.ShouldBeEmpty();
        var next = await gateway.OpenAsync(Key("a", 2), Token);
        next.VolumeId.ShouldNotBe(sandbox.VolumeId);
    }

    [Fact]
    public async Task Ending_a_session_ends_its_processes_and_is_remembered()
    {
        var gateway = _machine.Gateway();
        await gateway.OpenAsync(Key("a"), Token);

        await gateway.EndAsync(Key("a"), Token);
        await gateway.EndAsync(Key("a"), Token);

        _machine.Processes.ShouldBeEmpty();
        _machine.Folders.ShouldBeEmpty();
        await gateway.DisposeAsync();
        await Should.ThrowAsync<SessionEndedException>(() => _machine.Gateway().OpenAsync(Key("a"), Token));
    }

    [Fact]
    public async Task A_clean_stop_leaves_no_process_and_a_second_start_continues()
    {
        var first = _machine.Gateway(options => options.Warm = 1);
        await first.StartAsync(Token);
        var before = await first.OpenAsync(Key("a"), Token);
        await PutAsync(before, "kept.txt", "kept");
        // A process that left its session and would outlive its parent.
        await PutAsync(before, "child", "");
        await first.EndAsync(Key("none"), Token);
        await UntilAsync(() => IsWarmAsync(first));

        await first.StopAsync(Token);

        _machine.Processes.ShouldBeEmpty();
        _machine.Folders.Length.ShouldBe(1);
        var second = _machine.Gateway();
        (await second.ListAsync(Token)).Single().State.ShouldBe(SessionState.Stopped);
        var after = await second.OpenAsync(Key("a"), Token);
        (await GetAsync(after, "kept.txt")).ShouldBe("kept");
        after.VolumeId.ShouldBe(before.VolumeId);
        after.Incarnation.ShouldNotBe(before.Incarnation);
        after.Info.StartedAt.ShouldBe(before.Info.StartedAt);
        _machine.Processes.Count.ShouldBe(2);
        await second.StopAsync(Token);
        _machine.Processes.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_gateway_left_is_adopted()
    {
        var incarnation = await KilledGateway.RunAsync(_machine.Directory, Key("a"), agent: null, warm: 1);
        _machine.Processes.Count.ShouldBe(2);

        var gateway = _machine.Gateway(options => options.Warm = 1);
        await gateway.StartAsync(Token);

        var sandbox = await gateway.OpenAsync(Key("a"), Token);
        sandbox.Incarnation.ShouldBe(incarnation);
        (await GetAsync(sandbox, "kept.txt")).ShouldBe("kept");
        (await gateway.OpenAsync(Key("b"), Token)).Info.Launch.ShouldBe(SandboxLaunch.Warm);
        await gateway.StopAsync(Token);
        _machine.Processes.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_gateway_left_too_long_ago_is_ended()
    {
        await KilledGateway.RunAsync(_machine.Directory, Key("a"), agent: null, warm: 0);
        _machine.Time.Advance(TimeSpan.FromHours(2));

        var gateway = _machine.Gateway();

        (await gateway.ListAsync(Token)).ShouldBeEmpty();
        await Should.ThrowAsync<SessionEndedException>(() => gateway.OpenAsync(Key("a"), Token));
        _machine.Processes.ShouldBeEmpty();
        _machine.Folders.ShouldBeEmpty();
    }

    [Fact]
    public async Task Processes_of_a_folder_that_cannot_be_read_are_killed()
    {
        await KilledGateway.RunAsync(_machine.Directory, Key("a"), agent: null, warm: 0);
        _machine.Processes.ShouldNotBeEmpty();
        await File.WriteAllTextAsync($"{_machine.Folders.Single()}/sandbox.json", "{", Token);

        await _machine.Gateway().StartAsync(Token);

        _machine.Processes.ShouldBeEmpty();
        _machine.Folders.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sandbox_that_died_is_started_again()
    {
        var gateway = _machine.Gateway();
        var sandbox = await gateway.OpenAsync(Key("a"), Token);

        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(sandbox, "exit"));

        var again = await gateway.OpenAsync(Key("a"), Token);
        again.Incarnation.ShouldNotBe(sandbox.Incarnation);
        again.VolumeId.ShouldBe(sandbox.VolumeId);
    }

    [Fact]
    public async Task A_sandbox_that_does_not_start_says_what_it_wrote_last()
    {
        var gateway = _machine.Gateway();
        var sandbox = await gateway.OpenAsync(Key("a"), Token);
        await PutAsync(sandbox, "broken", "");
        await Should.ThrowAsync<SandboxLostException>(() => RunAsync(sandbox, "exit"));

        var failed = await Should.ThrowAsync<SandboxUnavailableException>(() => gateway.OpenAsync(Key("a"), Token));

        failed.Message.ShouldContain("the data is broken");
    }

    [Fact]
    public async Task Old_versions_of_the_programs_are_deleted_when_nothing_uses_them()
    {
        var gateway = _machine.Gateway();
        await gateway.StartAsync(Token);
        await gateway.StopAsync(Token);
        Directory.CreateDirectory($"{_machine.Directory}/bin/0123456789abcdef");

        await _machine.Gateway().StartAsync(Token);

        Directory.GetDirectories($"{_machine.Directory}/bin").Length.ShouldBe(1);
    }

    [Fact]
    public async Task Two_gateways_do_not_share_a_directory()
    {
        await _machine.Gateway().StartAsync(Token);

        var refused = await Should.ThrowAsync<IOException>(() => _machine.Gateway().StartAsync(Token));

        refused.Message.ShouldContain("Sandbox:Directory");
    }

    [Fact]
    public async Task A_missing_agent_does_not_stop_the_gateway_and_is_said()
    {
        var gateway = _machine.Gateway(options => options.AgentPath = "/nowhere/sandbox-agent");

        await gateway.StartAsync(Token);

        (await gateway.CheckAsync(Token)).ShouldContain(check =>
            !check.Ok && check.Detail.Contains("Sandbox:AgentPath")
        );
        await Should.ThrowAsync<SandboxUnavailableException>(() => gateway.OpenAsync(Key("a"), Token));
    }

    [Fact]
    public async Task The_gateways_environment_stays_outside()
    {
        Environment.SetEnvironmentVariable("OPENAI_API_KEY_FOR_TEST", "sk-secret");
        var sandbox = await _machine.Gateway().OpenAsync(Key("a"), Token);

        (await RunAsync(sandbox, "")).Text.ShouldNotContain("sk-secret");
    }

    private static Task<bool> IsWarmAsync(LocalSandboxes gateway) => Task.FromResult(gateway.IsWarm);
}

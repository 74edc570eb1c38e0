using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Local;
using SandboxOperator.Sandboxes.Local.Limits;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Local;

public sealed class EnforcementChecksTests
{
    private static readonly LocalSandboxOptions Options = new() { MemoryBytes = 512 << 20, Cpus = 1.5 };

    private static readonly LimitPlan Plan = LimitPlan.Choose(
        LimitFacts.None with
        {
            Legacy = new Dictionary<LimitedResource, string> { [LimitedResource.Memory] = "/cg" },
        }
    );

    private static readonly AgentStatus Status = new()
    {
        Incarnation = "i",
        Version = "1",
        Limits = [new LimitStatus("memory", "512 MiB", "init's watch (killed at 90 %)")],
        Isolation = [new IsolationCheck("tcp", true, "socket: EPERM"), new IsolationCheck("dns", false, "8.8.8.8")],
    };

    [Fact]
    public void A_limit_names_what_a_running_sandbox_says_and_what_the_platform_does() =>
        Limit(Status, "memory").ShouldBe("512 MiB: init's watch (killed at 90 %), control group v1");

    [Fact]
    public void Every_limit_is_named_before_the_first_sandbox_runs()
    {
        var checks = EnforcementChecks.Limits(Options, Plan, status: null).ToList();

        checks
            .Select(check => check.Name)
            .ShouldBe(["limit:time", "limit:memory", "limit:processes", "limit:disk", "limit:output", "limit:cpu"]);
        checks.ShouldAllBe(check => check.Ok);
        Limit(null, "memory").ShouldBe("512 MiB: init's watch, control group v1");
        Limit(null, "disk").ShouldBe("4096 MiB, 100000 files: init's watch");
    }

    [Fact]
    public void A_limit_that_nothing_enforces_says_so() =>
        Limit(Status, "cpu").ShouldBe("1.5: not enforced, this machine offers no means");

    [Fact]
    public void A_way_out_that_is_open_is_not_in_order()
    {
        var checks = EnforcementChecks.Isolation(Status).ToList();

        checks.Select(check => (check.Name, check.Ok)).ShouldBe([("isolation:tcp", true), ("isolation:dns", false)]);
        checks[0].Detail.ShouldBe("blocked (socket: EPERM)");
        checks[1].Detail.ShouldBe("NOT BLOCKED (8.8.8.8)");
    }

    private static string Limit(AgentStatus? status, string resource) =>
        EnforcementChecks.Limits(Options, Plan, status).Single(check => check.Name == $"limit:{resource}").Detail;
}

using SandboxOperator.Sandboxes.Local;
using SandboxOperator.Sandboxes.Local.Limits;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Local.Limits;

public sealed class LimitPlanTests
{
    private static readonly LimitedResource[] All = Enum.GetValues<LimitedResource>();

    [Fact]
    public void The_unified_hierarchy_comes_first()
    {
        var plan = LimitPlan.Choose(new LimitFacts("/cg/x", All, Legacy(All), SystemdRun: true));

        plan.Means.Values.ShouldAllBe(means => means == LimitMeans.Unified);
        plan.Parents.ShouldBe(["/cg/x"]);
    }

    [Fact]
    public void Each_resource_takes_the_first_that_works()
    {
        var facts = new LimitFacts("/cg/x", [LimitedResource.Cpu], Legacy(LimitedResource.Memory), SystemdRun: false);

        var plan = LimitPlan.Choose(facts);

        plan.Means[LimitedResource.Cpu].ShouldBe(LimitMeans.Unified);
        plan.Means[LimitedResource.Memory].ShouldBe(LimitMeans.Legacy);
        plan.Means[LimitedResource.Processes].ShouldBe(LimitMeans.None);
        plan.Parents.ShouldBe(["/cg/Memory", "/cg/x"], ignoreOrder: true);
        plan.Describe(LimitedResource.Memory).ShouldBe("control group v1");
    }

    [Fact]
    public void Without_groups_systemd_makes_a_scope()
    {
        var plan = LimitPlan.Choose(LimitFacts.None with { SystemdRun = true });

        plan.Means.Values.ShouldAllBe(means => means == LimitMeans.SystemdScope);
        plan.Parents.ShouldBeEmpty();
    }

    [Fact]
    public void Without_anything_init_is_alone() =>
        LimitPlan.Choose(LimitFacts.None).Means.Values.ShouldAllBe(means => means == LimitMeans.None);

    [Fact]
    public void The_backstop_lies_above_what_init_enforces()
    {
        var options = new LocalSandboxOptions
        {
            MemoryBytes = 512 << 20,
            Processes = 100,
            Cpus = 1.5,
        };

        var values = LimitValues.Of(options);

        values.MemoryBytes.ShouldBeGreaterThan(options.MemoryBytes + (64 << 20));
        values.Processes.ShouldBeGreaterThan(100);
        values
            .Settings(LimitedResource.Cpu, LimitMeans.Unified)
            .ShouldBe([new GroupSetting("cpu.max", "150000 100000")]);
        values
            .Settings(LimitedResource.Cpu, LimitMeans.Legacy)
            .ShouldBe([
                new GroupSetting("cpu.cfs_period_us", "100000"),
                new GroupSetting("cpu.cfs_quota_us", "150000"),
            ]);
        values.Scope([LimitedResource.Cpu], ofUser: true).ShouldContain("CPUQuota=150%");
    }

    [Fact]
    public void Mounts_of_both_kinds_are_found()
    {
        const string Mounts = """
            proc /proc proc rw,nosuid 0 0
            cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0
            cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
            """;

        var found = LimitProbe.ParseMounts(Mounts);

        found
            .Select(mount => (mount.Path, mount.Unified))
            .ShouldBe([("/sys/fs/cgroup/cpu,cpuacct", false), ("/sys/fs/cgroup/unified", true)]);
        found[0].Options.ShouldContain("cpu");
    }

    private static Dictionary<LimitedResource, string> Legacy(params LimitedResource[] resources) =>
        resources.ToDictionary(resource => resource, resource => $"/cg/{resource}");
}

using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SandboxOperator.Controller.Pools;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Pools;

public sealed class PoolPlanTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_empty_pool_is_filled()
    {
        var plan = PoolPlan.Of(5, [], 0);
        plan.Create.ShouldBe(5);
        plan.Delete.ShouldBeEmpty();
    }

    [Fact]
    public void Pods_that_the_cache_does_not_show_yet_are_not_made_again() =>
        PoolPlan.Of(5, [Pod("a")], 4).ShouldBeEquivalentTo(new PoolPlan(0, Array.Empty<string>().ToList()));

    [Fact]
    public void The_youngest_that_is_not_ready_goes_first()
    {
        var plan = PoolPlan.Of(2, [Pod("old"), Pod("new", age: 1), Pod("starting", ready: false, age: 2)], 0);
        plan.Delete.ShouldBe(["starting"]);
        plan.Create.ShouldBe(0);
    }

    [Fact]
    public void A_changed_runtime_leaves_most_of_the_pool_in_service()
    {
        WarmPod[] pods = [.. Enumerable.Range(0, 8).Select(index => Pod($"p{index}", current: false))];
        var plan = PoolPlan.Of(8, pods, 0);
        plan.Delete.Count.ShouldBe(2);
        plan.Create.ShouldBe(2);
    }

    [Fact]
    public void Outdated_pods_that_are_not_ready_are_of_no_use()
    {
        var plan = PoolPlan.Of(2, [Pod("a", ready: false, current: false), Pod("b", ready: false, current: false)], 0);
        plan.Delete.ShouldBe(["a", "b"], ignoreOrder: true);
        plan.Create.ShouldBe(2);
    }

    [Property]
    public Property There_are_never_more_pods_than_wanted() =>
        Prop.ForAll(
            Gen.Zip(Gen.Choose(0, 12), Gen.Zip(Pods(), Gen.Choose(0, 6))).ToArbitrary(),
            world =>
            {
                var (wanted, (pods, expected)) = world;
                var plan = PoolPlan.Of(wanted, pods, expected);
                var present = pods.Count(pod => !pod.IsLeaving);
                plan.Create.ShouldBeGreaterThanOrEqualTo(0);
                plan.Delete.ShouldBeUnique();
                plan.Delete.ShouldBeSubsetOf(pods.Where(pod => !pod.IsLeaving).Select(pod => pod.Name));
                (present - plan.Delete.Count + expected + plan.Create).ShouldBeLessThanOrEqualTo(
                    Math.Max(wanted, expected)
                );
            }
        );

    [Property]
    public Property Every_pool_comes_to_rest() =>
        Prop.ForAll(
            Gen.Zip(Gen.Choose(0, 12), Pods()).ToArbitrary(),
            world =>
            {
                var (wanted, pods) = world;
                var left = pods.Where(pod => !pod.IsLeaving).ToList();
                for (var step = 0; ; step++)
                {
                    step.ShouldBeLessThan(60);
                    var plan = PoolPlan.Of(wanted, left, 0);
                    // While one starts, the plan may be to wait for it.
                    if (plan.Create == 0 && plan.Delete.Count == 0 && left.TrueForAll(pod => pod.IsReady))
                    {
                        break;
                    }

                    left.RemoveAll(pod => plan.Delete.Contains(pod.Name));
                    left = [.. left.Select(pod => pod with { IsReady = true })];
                    left.AddRange(Enumerable.Range(0, plan.Create).Select(index => Pod($"n{step}-{index}", age: step)));
                }

                left.Count.ShouldBe(wanted);
                left.ShouldAllBe(pod => pod.IsCurrent && !pod.IsBroken);
            }
        );

    private static Gen<List<WarmPod>> Pods() =>
        from flags in Gen.ListOf(Gen.Choose(0, 15))
        select flags
            .Take(20)
            .Select(
                (flag, index) =>
                    new WarmPod(
                        $"p{index}",
                        s_start.AddSeconds(index),
                        (flag & 1) == 0,
                        (flag & 2) == 0,
                        (flag & 12) == 12,
                        (flag & 12) == 8
                    )
            )
            .ToList();

    private static WarmPod Pod(string name, bool ready = true, bool current = true, int age = 0) =>
        new(name, s_start.AddSeconds(age), ready, current, IsBroken: false, IsLeaving: false);
}

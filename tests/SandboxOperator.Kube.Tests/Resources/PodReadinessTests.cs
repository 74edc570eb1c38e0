using k8s.Models;
using SandboxOperator.Kube.Resources;
using Shouldly;
using Xunit;

namespace SandboxOperator.Kube.Tests.Resources;

public sealed class PodReadinessTests
{
    private static readonly V1ContainerStatus Started = Container(started: true, isRunning: true);

    [Fact]
    public void A_pod_that_says_so_is_up() => Pod("True", "True").IsUp().ShouldBeTrue();

    [Fact]
    public void A_pod_is_up_when_all_its_containers_have_started_though_it_does_not_say_so_yet() =>
        Pod("False", "False", Started, Started).IsUp().ShouldBeTrue();

    [Fact]
    public void A_pod_whose_node_is_lost_is_not() => Pod("False", "True", Started, Started).IsUp().ShouldBeFalse();

    [Theory]
    [InlineData(false, true)]
    [InlineData(null, true)]
    [InlineData(true, false)]
    public void Every_container_must_run_and_have_started(bool? started, bool isRunning) =>
        Pod("False", "False", Started, Container(started, isRunning)).IsUp().ShouldBeFalse();

    [Fact]
    public void A_pod_that_says_nothing_is_not_up()
    {
        new V1Pod().IsUp().ShouldBeFalse();
        Pod("False", "False").IsUp().ShouldBeFalse();
    }

    private static V1Pod Pod(string ready, string containersReady, params V1ContainerStatus[] containers) =>
        new()
        {
            Status = new V1PodStatus
            {
                Conditions =
                [
                    new V1PodCondition { Type = "Ready", Status = ready },
                    new V1PodCondition { Type = "ContainersReady", Status = containersReady },
                ],
                ContainerStatuses = containers,
            },
        };

    private static V1ContainerStatus Container(bool? started, bool isRunning) =>
        new()
        {
            Started = started,
            State = new V1ContainerState { Running = isRunning ? new V1ContainerStateRunning() : null },
        };
}

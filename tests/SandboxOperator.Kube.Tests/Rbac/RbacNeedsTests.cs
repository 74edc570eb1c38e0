using k8s.Models;
using SandboxOperator.Kube.Rbac;
using Shouldly;

namespace SandboxOperator.Kube.Tests.Rbac;

public sealed class RbacNeedsTests
{
    [Fact]
    public void Needs_of_one_resource_are_one_rule()
    {
        var needs = RbacNeeds.Of(RbacRole.Gateway, typeof(RbacNeedsTests).Assembly);
        needs.Count.ShouldBe(2);
        needs[0].Resource.ShouldBe("pods");
        needs[0].VerbNames.ShouldBe(["get", "list", "watch", "delete"]);
        needs[0].Reasons.ShouldBe(["Finds pods.", "Ends pods."]);
        needs[1].Resource.ShouldBe("pods/exec");
    }

    [Fact]
    public void A_right_to_do_nothing_is_a_mistake() =>
        Should.Throw<InvalidOperationException>(() =>
            RbacNeeds.Of(RbacRole.ControllerNamespace, typeof(RbacNeedsTests).Assembly)
        );

    [EntityRbac(typeof(V1Pod), Verbs = RbacVerbs.Read, Role = RbacRole.Gateway, Reason = "Finds pods.")]
    [EntityRbac(
        typeof(V1Pod),
        Subresource = "exec",
        Verbs = RbacVerbs.Create,
        Role = RbacRole.Gateway,
        Reason = "Talks to pods."
    )]
    private sealed class Finder;

    [EntityRbac(typeof(V1Pod), Verbs = RbacVerbs.Delete, Role = RbacRole.Gateway, Reason = "Ends pods.")]
    private sealed class Killer;

    [EntityRbac(typeof(V1Pod), Role = RbacRole.ControllerNamespace, Reason = "None.")]
    private sealed class Idler;
}

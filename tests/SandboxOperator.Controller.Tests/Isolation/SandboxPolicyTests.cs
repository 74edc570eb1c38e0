using k8s.Models;
using SandboxOperator.Controller.Isolation;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Isolation;

public sealed class SandboxPolicyTests
{
    private const string Sandbox = "sandboxoperator.dev/sandbox";
    private const string Pool = "sandboxoperator.dev/pool";
    private const string Runtime = "sandboxoperator.dev/runtime";

    [Fact]
    public void Ours_is_as_wanted_and_opens_nothing()
    {
        var policy = SandboxPolicy.Wanted("team");
        SandboxPolicy.IsAsWanted(policy).ShouldBeTrue();
        SandboxPolicy.Opens(policy).ShouldBeEmpty();
    }

    [Fact]
    public void Whatever_weakens_ours_is_seen()
    {
        Changed(spec => spec.Egress = [new()]).ShouldBeFalse();
        Changed(spec => spec.Ingress = [new()]).ShouldBeFalse();
        Changed(spec => spec.PolicyTypes = ["Ingress"]).ShouldBeFalse();
        Changed(spec => spec.PodSelector.MatchLabels["other"] = "x").ShouldBeFalse();
        Changed(spec => spec.PodSelector.MatchLabels[Sandbox] = "false").ShouldBeFalse();
        Changed(spec => spec.PodSelector.MatchExpressions = [Expression(Pool, "Exists")]).ShouldBeFalse();
        Changed(spec => spec.PodSelector = new V1LabelSelector()).ShouldBeFalse();

        static bool Changed(Action<V1NetworkPolicySpec> change)
        {
            var policy = SandboxPolicy.Wanted("team");
            change(policy.Spec);
            return SandboxPolicy.IsAsWanted(policy);
        }
    }

    [Fact]
    public void A_selector_for_all_pods_counts()
    {
        SandboxPolicy.Opens(Policy(new V1LabelSelector(), egress: true)).ShouldBe(["egress"]);
        SandboxPolicy.Opens(Policy(null, ingress: true, egress: true)).ShouldBe(["ingress", "egress"]);
    }

    [Fact]
    public void A_policy_without_rules_opens_nothing() => SandboxPolicy.Opens(Policy(new())).ShouldBeEmpty();

    [Fact]
    public void Rules_of_a_direction_that_the_policy_is_not_about_open_nothing()
    {
        var policy = Policy(new(), egress: true);
        policy.Spec.PolicyTypes = ["Ingress"];
        SandboxPolicy.Opens(policy).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Sandbox, "true", true)]
    [InlineData(Sandbox, "false", false)]
    [InlineData(Pool, "default", true)]
    [InlineData(Runtime, "default", true)]
    [InlineData("app.kubernetes.io/name", "gateway", false)]
    public void Labels_count_when_sandboxes_may_have_them(string key, string value, bool opens)
    {
        var selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { [key] = value } };
        (SandboxPolicy.Opens(Policy(selector, egress: true)).Count > 0).ShouldBe(opens);
    }

    [Theory]
    [InlineData(Sandbox, "Exists", "", true)]
    [InlineData(Sandbox, "DoesNotExist", "", false)]
    [InlineData(Sandbox, "In", "true", true)]
    [InlineData(Sandbox, "In", "false", false)]
    [InlineData(Sandbox, "NotIn", "true", false)]
    [InlineData(Sandbox, "NotIn", "false", true)]
    [InlineData(Pool, "Exists", "", true)]
    [InlineData(Pool, "DoesNotExist", "", true)]
    [InlineData(Runtime, "DoesNotExist", "", false)]
    [InlineData("app", "Exists", "", false)]
    [InlineData("app", "In", "web", false)]
    [InlineData("app", "DoesNotExist", "", true)]
    [InlineData("app", "NotIn", "web", true)]
    public void Expressions_count_when_sandboxes_may_match_them(string key, string name, string value, bool opens)
    {
        var selector = new V1LabelSelector { MatchExpressions = [Expression(key, name, value)] };
        (SandboxPolicy.Opens(Policy(selector, egress: true)).Count > 0).ShouldBe(opens);
    }

    private static V1LabelSelectorRequirement Expression(string key, string name, string value = "") =>
        new()
        {
            Key = key,
            OperatorProperty = name,
            Values = value.Length == 0 ? null : [value],
        };

    private static V1NetworkPolicy Policy(V1LabelSelector? selector, bool ingress = false, bool egress = false) =>
        new()
        {
            Spec = new V1NetworkPolicySpec
            {
                PodSelector = selector,
                PolicyTypes = ["Ingress", "Egress"],
                Ingress = ingress ? [new()] : null,
                Egress = egress ? [new()] : null,
            },
        };
}

using Shouldly;

namespace SandboxOperator.Cluster.Tests.Definitions;

/// <summary>Needs no cluster.</summary>
public sealed class RuleCaseTests
{
    [Fact]
    public void Every_rule_has_a_case() =>
        RuleCase
            .All.Select(each => new ValidationRule(each.Kind, each.Path, each.Message))
            .ShouldBe(ValidationRule.All(), ignoreOrder: true);
}

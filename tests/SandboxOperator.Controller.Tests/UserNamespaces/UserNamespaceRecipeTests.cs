using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.Launching;
using SandboxOperator.Controller.Options;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Controller.Tests.UserNamespaces;

/// <summary>What a runtime's condition means for pods that come and for those that are there.</summary>
public sealed class UserNamespaceRecipeTests
{
    private readonly ResourceStore<SandboxRuntime> _runtimes = new();
    private readonly RecipeBook _book;
    private long _version = 1;

    public UserNamespaceRecipeTests() =>
        _book = new RecipeBook(
            _runtimes,
            Microsoft.Extensions.Options.Options.Create(new AgentOptions { Image = "agent" })
        );

    [Theory]
    [InlineData("Auto", "True", "ReportedByNodes", true)]
    [InlineData("Auto", "False", "UserNamespacesMissing", false)]
    [InlineData("Auto", "Unknown", "Settling", false)]
    [InlineData("Auto", "Unknown", "NoNodes", false)]
    [InlineData("Auto", "Unknown", "NodesUnread", false)]
    [InlineData("Required", "True", "ReportedByNodes", true)]
    [InlineData("Required", "Unknown", "NoNodes", true)]
    [InlineData("Off", "False", "SwitchedOff", false)]
    [InlineData("Off", "True", "ReportedByNodes", false)]
    public void New_pods_follow_the_setting_and_the_nodes(string setting, string status, string reason, bool isGiven)
    {
        var recipe = Find(setting, status, reason);
        recipe.Blockade.ShouldBeNull();
        var pod = PodBuilder.Build(recipe.Template with { Name = "pod" });
        pod.Spec.HostUsers.ShouldBe(isGiven ? false : null);
        if (isGiven)
        {
            pod.Spec.SecurityContext.RunAsUser.ShouldBe(PodUser.InNamespace);
        }
        else
        {
            pod.Spec.SecurityContext.RunAsUser!.Value.ShouldBeGreaterThan(PodUser.InNamespace);
        }
    }

    [Theory]
    [InlineData("False", "UserNamespacesMissing")]
    [InlineData("Unknown", "NodesUnread")]
    public void Where_they_are_required_and_not_there_no_pods_are_made(string status, string reason)
    {
        var recipe = Find("Required", status, reason);
        recipe.Blockade.ShouldBe(new Blockade(reason, "said"));
        ConditionReasons.IsFailure(reason).ShouldBeTrue();
        recipe.Template.UserNamespace.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Auto")]
    [InlineData("Required")]
    public void Before_the_nodes_were_asked_for_this_generation_pods_wait(string setting)
    {
        foreach (var generation in new long?[] { null, 1 })
        {
            var blockade = Find(setting, "True", "ReportedByNodes", generation).Blockade!;
            blockade.Reason.ShouldBe(ConditionReasons.Starting);
            ConditionReasons.IsFailure(blockade.Reason).ShouldBeFalse();
        }

        Find("Off", "", "", generation: null).Blockade.ShouldBeNull();
    }

    [Fact]
    public void Pods_with_one_are_kept_where_new_ones_have_to_do_without_and_not_the_other_way()
    {
        var with = Find("Auto", "True", "ReportedByNodes");
        var without = Find("Auto", "False", "UserNamespacesMissing");
        without.Hashes.ShouldBe([without.Template.RuntimeHash, with.Template.RuntimeHash]);
        with.Hashes.ShouldBe([with.Template.RuntimeHash]);
        with.Template.RuntimeHash.ShouldNotBe(without.Template.RuntimeHash);

        // As before there was such a thing, so that nothing is replaced where nothing changes.
        Find("Off", "False", "SwitchedOff").Hashes.ShouldBe([without.Template.RuntimeHash]);
        Find("Required", "True", "ReportedByNodes").Hashes.ShouldBe(with.Hashes);
    }

    private SandboxRecipe Find(string setting, string status, string reason, long? generation = 2)
    {
        var runtime = new SandboxRuntime
        {
            Metadata = new V1ObjectMeta
            {
                Name = "default",
                NamespaceProperty = "sandboxes",
                Uid = setting,
                Generation = 2,
                ResourceVersion = $"{++_version}",
            },
            Spec = new SandboxRuntimeSpec
            {
                Image = "runtime",
                Isolation = new RuntimeIsolation { UserNamespace = setting },
            },
            Status = generation is null
                ? null
                : new SandboxRuntimeStatus
                {
                    Conditions =
                    [
                        new Condition
                        {
                            Type = ConditionTypes.UserNamespace,
                            Status = status,
                            Reason = reason,
                            Message = "said",
                            ObservedGeneration = generation,
                        },
                    ],
                },
        };
        _runtimes.Replace([runtime], $"{_version}");
        return _book.Find("sandboxes", "default", out _)!;
    }
}

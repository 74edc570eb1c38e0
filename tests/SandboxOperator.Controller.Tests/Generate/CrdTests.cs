using k8s;
using k8s.Models;
using SandboxOperator.Controller.Generate;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Generate;

public sealed class CrdTests
{
    public static TheoryData<Type, bool> Kinds() =>
        [
            .. ResourceKinds.All.SelectMany(kind =>
                new[]
                {
                    new TheoryDataRow<Type, bool>(kind.Type, true),
                    new TheoryDataRow<Type, bool>(kind.Type, false),
                }
            ),
        ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_is_written_that_a_server_would_drop(Type kind, bool withRules)
    {
        var text = CrdYaml.Write(kind, withRules);
        foreach (
            var dropped in new[]
            {
                "nullable: false",
                "priority: 0",
                "preserveUnknownFields",
                "creationTimestamp: null",
                "null\n",
                "[]\n",
                ".0\n",
                "minLength: 0",
                "minItems: 0",
            }
        )
        {
            text.ShouldNotContain(dropped);
        }

        // Only the status subresource and defaults may be empty objects.
        text.Split('\n')
            .Where(line => line.EndsWith("{}", StringComparison.Ordinal))
            .ShouldAllBe(line => line.Trim() == "status: {}" || line.Trim() == "default: {}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Only_clusters_that_know_rules_get_them(Type kind, bool withRules) =>
        CrdYaml.Write(kind, withRules).Contains("x-kubernetes-validations").ShouldBe(withRules);

    [Fact]
    public void A_session_without_a_spec_is_a_session()
    {
        var spec = Spec(typeof(SandboxSession));
        spec.Required.ShouldBeNull();
        spec.DefaultProperty.ShouldNotBeNull();
        spec.Properties["idleTimeout"].DefaultProperty.ShouldBe("1h");
        spec.Properties["maxLifetime"].DefaultProperty.ShouldBeNull();
        spec.Properties["project"].XKubernetesValidations.ShouldHaveSingleItem().Rule.ShouldBe("self == oldSelf");
    }

    [Fact]
    public void A_runtime_must_say_its_image_and_may_not_ask_for_devices()
    {
        var spec = Spec(typeof(SandboxRuntime));
        spec.Required.ShouldBe(["image"]);
        var resources = spec.Properties["resources"];
        foreach (var part in new[] { "requests", "limits" })
        {
            resources
                .Properties[part]
                .XKubernetesValidations.ShouldHaveSingleItem()
                .Message.ShouldContain("no devices");
        }
    }

    [Fact]
    public void A_pool_can_be_scaled()
    {
        var version = CrdBuilder.Build(typeof(SandboxPool), withRules: true).Spec.Versions.ShouldHaveSingleItem();
        version.Subresources.Scale.SpecReplicasPath.ShouldBe(".spec.replicas");
        version.Subresources.Scale.LabelSelectorPath.ShouldBe(".status.selector");
    }

    [Fact]
    public void What_is_written_can_be_read()
    {
        var crd = KubernetesYaml.Deserialize<V1CustomResourceDefinition>(
            CrdYaml.Write(typeof(SandboxSession), withRules: true),
            strict: true
        );
        crd.Spec.Names.ShortNames.ShouldBe(["sbx"]);
        crd.Spec.Versions[0]
            .AdditionalPrinterColumns.Select(column => column.Name)
            .ShouldBe(["Phase", "Thread", "Runtime", "Launch", "Isolated", "Age", "Expires", "Pod", "Message"]);
    }

    private static V1JSONSchemaProps Spec(Type kind) =>
        ((V1JSONSchemaProps)CrdBuilder.Build(kind, withRules: true).Spec.Versions[0].Schema.OpenAPIV3Schema).Properties[
            "spec"
        ];
}

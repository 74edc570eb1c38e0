using Microsoft.Extensions.Configuration;
using SandboxOperator.Gateway.Upstream;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Upstream;

public sealed class ModelAliasesTests
{
    private static readonly HashSet<string> Listed = new(StringComparer.Ordinal) { "qwen", "llama3:latest" };

    [Theory]
    [InlineData("gpt-4o", "qwen")]
    [InlineData("GPT-4o", "qwen")]
    [InlineData("llama3:8b", "llama")]
    [InlineData("qwen", "qwen")]
    [InlineData("llama3", "llama3")]
    [InlineData("builtin/python", "builtin/python")]
    [InlineData("gpt-5", null)]
    [InlineData("*", null)]
    [InlineData("", null)]
    public void Names_resolve_by_setting_then_by_the_upstreams_list(string name, string? expected) =>
        Aliases("Upstream:BaseUrl=http://x/v1", "Upstream:Models:gpt-4o=qwen", "Upstream:Models:llama3:8b=llama")
            .Resolve(name, Listed)
            .ShouldBe(expected);

    [Fact]
    public void The_star_answers_for_what_is_not_known() =>
        Aliases("Upstream:BaseUrl=http://x/v1", "Upstream:Models:*=qwen").Resolve("gpt-5", Listed).ShouldBe("qwen");

    [Fact]
    public void A_star_as_value_passes_names_on() =>
        Aliases("Upstream:BaseUrl=http://x/v1", "Upstream:Models:*=*").Resolve("gpt-5", Listed).ShouldBe("gpt-5");

    [Fact]
    public void Without_a_list_the_upstream_decides() =>
        Aliases("Upstream:BaseUrl=http://x/v1").Resolve("gpt-5", null).ShouldBe("gpt-5");

    [Fact]
    public void Without_an_upstream_everything_is_builtin_python() =>
        Aliases().Resolve("gpt-4o", null).ShouldBe("builtin/python");

    [Fact]
    public void The_error_names_the_setting() =>
        ModelAliases.UnknownMessage("gpt-9").ShouldContain("Upstream:Models:gpt-9");

    [Fact]
    public void Context_windows_are_settings()
    {
        var aliases = Aliases("Upstream:ContextWindow:llama3:8b=8192");
        aliases.ContextWindow("llama3:8b").ShouldBe(8192);
        aliases.ContextWindow("other").ShouldBe(128_000);
        Should
            .Throw<InvalidOperationException>(() => Aliases("Upstream:ContextWindow:a=many"))
            .Message.ShouldContain("Upstream:ContextWindow:a");
    }

    private static ModelAliases Aliases(params string[] settings) =>
        ModelAliases.From(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    settings
                        .Select(setting => setting.Split('=', 2))
                        .Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]))
                )
                .Build()
        );
}

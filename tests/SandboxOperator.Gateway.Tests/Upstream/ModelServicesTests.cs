using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Upstream;
using SandboxOperator.Testing.ScriptedUpstream;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Upstream;

public sealed class ModelServicesTests
{
    [Fact]
    public async Task With_an_upstream_its_models_and_the_aliases_are_listed()
    {
        await using var upstream = await ScriptedUpstreamServer.StartAsync();
        await using var services = Build(
            ("Upstream:BaseUrl", upstream.BaseUrl),
            ("Upstream:Models:gpt-4o", "scripted-model")
        );
        var catalog = services.GetRequiredService<IModelCatalog>();
        (await catalog.ListAsync(CancellationToken.None))
            .Select(model => model.Id)
            .ShouldBe(["scripted-model", "gpt-4o", "builtin/python"]);
        catalog.Resolve("gpt-4o").ShouldBe("scripted-model");
        catalog.Resolve("nope").ShouldBeNull();

        await catalog.ListAsync(CancellationToken.None);
        upstream.Requests.Count(request => request.Path == "/v1/models").ShouldBe(1);

        upstream.Enqueue(ScriptedTurn.Say("from upstream"));
        (await AskAsync(services, "scripted-model")).ShouldBe("from upstream");
        (await AskAsync(services, "builtin/python")).ShouldContain("code_interpreter");
    }

    [Fact]
    public async Task An_upstream_that_is_down_leaves_the_rest()
    {
        await using var services = Build(("Upstream:BaseUrl", "http://127.0.0.1:9/v1"), ("Upstream:Models:a", "b"));
        var catalog = services.GetRequiredService<IModelCatalog>();
        (await catalog.ListAsync(CancellationToken.None)).Select(model => model.Id).ShouldBe(["a", "builtin/python"]);
        catalog.Resolve("a").ShouldBe("b");
    }

    [Fact]
    public async Task Without_an_upstream_other_models_are_refused_with_the_setting()
    {
        await using var services = Build();
        services.GetServices<IHostedService>().ShouldNotBeEmpty();
        services.GetRequiredService<IModelCatalog>().Resolve("gpt-4o").ShouldBe("builtin/python");
        var exception = await Should.ThrowAsync<ModelException>(() => AskAsync(services, "gpt-4o"));
        exception.Failure.ShouldBe(ModelFailure.Refused);
        exception.Message.ShouldContain("OPENAI_BASE_URL");
    }

    private static async Task<string> AskAsync(ServiceProvider services, string model)
    {
        var client = services.GetRequiredService<IModelClient>();
        var request = Requests.Hello() with { Model = model };
        var events = await client.StreamAsync(request, CancellationToken.None).ToListAsync();
        return string.Concat(events.OfType<ModelTextDelta>().Select(delta => delta.Text));
    }

    private static ServiceProvider Build(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        return new ServiceCollection().AddLogging().AddModels(configuration).BuildServiceProvider();
    }
}

using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Models;

public sealed class ModelTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("/v1/models/builtin/python")]
    [InlineData("/v1/models/builtin%2Fpython")]
    public async Task A_model_is_found_by_its_name_slashes_and_all(string path)
    {
        var model = await fixture.Gateway.GetAsync(path);
        model.Select(pair => pair.Key).ShouldBe(["id", "object", "created", "owned_by"]);
        ((string?)model["id"]).ShouldBe("builtin/python");
    }

    [Fact]
    public async Task Models_are_listed_and_cannot_be_deleted()
    {
        var list = await fixture.Gateway.GetAsync("/v1/models");
        list.Select(pair => pair.Key).ShouldBe(["object", "data"]);
        list["data"]!.AsArray().Select(model => (string?)model!["id"]).ShouldContain("builtin/python");

        var error = (await fixture.Gateway.GetAsync("/v1/models/none", 404))["error"]!;
        ((string?)error["message"]).ShouldBe("The model 'none' does not exist");
        ((string?)error["code"]).ShouldBe("model_not_found");
        error = (await fixture.Gateway.GetAsync("/v1/models/a%2Fnone", 404))["error"]!;
        ((string?)error["message"]).ShouldBe("The model 'a/none' does not exist");
        foreach (var path in new[] { "/v1/models/builtin/python", "/v1/models/builtin%2Fpython" })
        {
            error = (await fixture.Gateway.DeleteAsync(path, 403))["error"]!;
            ((string?)error["message"])!.ShouldStartWith("The model 'builtin/python' belongs to");
        }
    }
}

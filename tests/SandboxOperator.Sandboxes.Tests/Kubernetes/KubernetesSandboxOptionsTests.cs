using SandboxOperator.Sandboxes.Kubernetes;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes;

public sealed class KubernetesSandboxOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Problems(_ => { }).ShouldBeEmpty();

    [Fact]
    public void Every_problem_is_named() =>
        Problems(options =>
            {
                options.Namespace = "Not A Name";
                options.Runtime = "";
                options.Config = "/nowhere/kubeconfig";
                options.Sessions = 0;
                options.SessionsPerProject = -1;
                options.IdleTimeout = TimeSpan.Zero;
                options.StartTimeout = TimeSpan.FromHours(1);
                options.PreparedStreams = -1;
            })
            .Select(problem => problem.Split(' ')[0].Split(':')[^1])
            .ShouldBe(
                [
                    "Namespace",
                    "Runtime",
                    "Config",
                    "Sessions",
                    "SessionsPerProject",
                    "IdleTimeout",
                    "StartTimeout",
                    "PreparedStreams",
                ],
                ignoreOrder: true
            );

    private static IEnumerable<string> Problems(Action<KubernetesSandboxOptions> change)
    {
        var options = new KubernetesSandboxOptions();
        change(options);
        return new KubernetesSandboxOptionsValidator().Validate(null, options).Failures ?? [];
    }
}

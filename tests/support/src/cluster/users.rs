//! Clients: an administrator's, and those of users with fewer rights. RBAC sees the latter as it
//! sees anyone, by way of impersonation.

use std::path::PathBuf;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use crate::cluster::bed::Bed;

impl Bed {
    /// A kubeconfig that acts as this user (`system:serviceaccount:NAMESPACE:NAME` for a service account), who may do
    /// only what a binding grants. The context's namespace is `namespace`.
    pub fn kubeconfig_as(&self, user: &str, namespace: &str) -> PathBuf {
        let kubeconfig = self.impersonating(user, namespace);
        let name: String = user.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let path = self.folder.join(format!("kubeconfig-{name}-{namespace}"));
        // JSON is YAML.
        let text = serde_json::to_string(&kubeconfig).expect("a kubeconfig can be written");
        std::fs::write(&path, text).expect("the folder can be written to");
        path
    }

    /// An administrator's client. It belongs to the runtime that it is made in, so each test makes its own.
    pub async fn client(&self) -> Client {
        Client::try_from(self.config_as(None).await).expect("it can be used")
    }

    /// A client that acts as this user. It belongs to the runtime that it is made in.
    pub async fn client_as(&self, user: &str) -> Client {
        Client::try_from(self.config_as(Some(user)).await).expect("it can be used")
    }

    /// What a client of this user, or of the administrator, is made from.
    pub async fn config_as(&self, user: Option<&str>) -> Config {
        let kubeconfig = match user {
            Some(user) => self.impersonating(user, "default"),
            None => self.administrator(),
        };
        Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.expect("it is complete")
    }

    fn administrator(&self) -> Kubeconfig {
        Kubeconfig::read_from(&self.kubeconfig).expect("the supervisor wrote a kubeconfig")
    }

    fn impersonating(&self, user: &str, namespace: &str) -> Kubeconfig {
        let mut kubeconfig = self.administrator();
        for named in &mut kubeconfig.auth_infos {
            if let Some(auth) = &mut named.auth_info {
                auth.impersonate = Some(user.to_owned());
                // Impersonation adds no group that every user has.
                auth.impersonate_groups = Some(vec!["system:authenticated".to_owned()]);
            }
        }
        for named in &mut kubeconfig.contexts {
            if let Some(context) = &mut named.context {
                context.namespace = Some(namespace.to_owned());
            }
        }
        kubeconfig
    }
}

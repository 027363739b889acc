//! Clients of an administrator and of users with fewer permissions. The latter use impersonation, so RBAC treats them
//! like any other user.

use std::path::PathBuf;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use crate::cluster::bed::Bed;

impl Bed {
    /// Writes a kubeconfig that acts as this user, with only the permissions that a binding grants. The user may be a
    /// service account (`system:serviceaccount:NAMESPACE:NAME`). The context's namespace is `namespace`.
    pub fn kubeconfig_as(&self, user: &str, namespace: &str) -> PathBuf {
        let kubeconfig = self.impersonating(user, namespace);
        let name: String = user.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let path = self.folder.join(format!("kubeconfig-{name}-{namespace}"));
        // Every JSON document is a YAML document.
        let text = serde_json::to_string(&kubeconfig).expect("a kubeconfig can be written");
        std::fs::write(&path, text).expect("the folder can be written to");
        path
    }

    /// Returns an administrator's client. It belongs to the runtime that created it, so each test creates its own.
    pub async fn client(&self) -> Client {
        Client::try_from(self.config_as(None).await).expect("the client configuration is valid")
    }

    /// Returns a client that acts as this user. It belongs to the runtime that created it.
    pub async fn client_as(&self, user: &str) -> Client {
        Client::try_from(self.config_as(Some(user)).await).expect("the client configuration is valid")
    }

    /// Returns the configuration for a client of this user, or of the administrator.
    pub async fn config_as(&self, user: Option<&str>) -> Config {
        let kubeconfig = match user {
            Some(user) => self.impersonating(user, "default"),
            None => self.administrator(),
        };
        Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.expect("bad kubeconfig")
    }

    fn administrator(&self) -> Kubeconfig {
        Kubeconfig::read_from(&self.kubeconfig).expect("the supervisor wrote a kubeconfig")
    }

    fn impersonating(&self, user: &str, namespace: &str) -> Kubeconfig {
        let mut kubeconfig = self.administrator();
        for named in &mut kubeconfig.auth_infos {
            if let Some(auth) = &mut named.auth_info {
                auth.impersonate = Some(user.to_owned());
                // Impersonation does not add the group of all authenticated users.
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
